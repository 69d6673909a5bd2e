/** Trainings of each trial in a validation that does not say how many. */
export const usualSeeds = 3;
/** Best trials of a validation that does not say how many. */
export const usualModels = 3;
