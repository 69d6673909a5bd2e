/** Takes the address from links to other pages, which are not in the file: what is left is text, for the keyboard too. */
export function withoutLinks(root: HTMLElement): void {
  const strip = (): void => {
    for (const link of root.querySelectorAll('a[href^="/"]')) link.removeAttribute('href');
  };
  new MutationObserver(strip).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ['href'] });
}
