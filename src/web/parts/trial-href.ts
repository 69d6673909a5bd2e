/** The validation page of a trial. @param address `study#42` */
export function trialHref(address: string): string {
  const [study, trial] = address.split('#');
  return `/studies/${encodeURIComponent(study ?? '')}/validation?trial=${trial ?? ''}`;
}
