/** The text that a form holds in the field of this name, without blanks around it; empty where there is none. */
export function fieldText(form: HTMLFormElement, name: string): string {
  const text = new FormData(form).get(name);
  return typeof text === 'string' ? text.trim() : '';
}
