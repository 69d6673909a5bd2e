/** A picture as marks in px: what `svg.ts` writes. */

import type { Marker, Token } from './palette.ts';

export type Place = readonly [x: number, y: number];

export interface Polyline {
  readonly kind: 'polyline';
  readonly points: readonly Place[];
  readonly colour: Token;
  readonly width: number;
  readonly dash?: readonly number[] | undefined;
  readonly opacity?: number | undefined;
}

export interface Polygon {
  readonly kind: 'polygon';
  readonly points: readonly Place[];
  readonly colour: Token;
  readonly opacity: number;
}

export interface Rectangle {
  readonly kind: 'rectangle';
  readonly at: Place;
  readonly width: number;
  readonly height: number;
  readonly colour: Token;
  readonly opacity?: number | undefined;
}

export interface Markers {
  readonly kind: 'markers';
  readonly points: readonly Place[];
  readonly marker: Marker;
  readonly radius: number;
  readonly colour: Token;
  readonly opacity?: number | undefined;
}

export interface Text {
  readonly kind: 'text';
  readonly at: Place;
  readonly text: string;
  readonly size: number;
  readonly colour: Token;
  readonly bold?: boolean | undefined;
  /** Which part of it stands at the place; default: its start. */
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
  /** True: read from below. */
  readonly upright?: boolean | undefined;
}

/** Marks of which only what lies in the rectangle shows. */
export interface Clipped {
  readonly kind: 'clipped';
  readonly at: Place;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export type Mark = Polyline | Polygon | Rectangle | Markers | Text | Clipped;

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** For who does not see it. */
  readonly title: string;
  readonly description: string;
  /** Drawn in this order. */
  readonly marks: readonly Mark[];
}
