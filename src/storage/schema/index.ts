export * from './artifacts.ts';
export * from './attempts.ts';
export * from './data.ts';
export * from './models.ts';
export * from './promotions.ts';
export * from './studies.ts';
export * from './trials.ts';
export * from './validations.ts';
