import type { KeptCard } from '../../registry/card/make-card.ts';

/** Says where the model card of a promotion lies, or why there is none. */
export const sayCard = ({ path, failure }: KeptCard): string => (failure === null ? `model card: ${path}` : `no model card: ${failure}`);
