import { z } from 'zod';

/** Kinds of numbers that gate policies state. */

export const wholeFrom = (least: number, description: string) => z.int().min(least).meta({ description });

export const share = (description: string) => z.number().min(0).max(1).meta({ description });

export const probability = (description: string) => z.number().gt(0).lt(1).meta({ description });

export const drawdown = (description: string) => z.number().gt(0).max(1).meta({ description });

export const atLeastZero = (description: string) => z.number().min(0).meta({ description });
