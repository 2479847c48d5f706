// What a chart's frame gives its marks.
import { getContext, setContext } from 'svelte';
import type { Series } from './chart-table.ts';
import type { XScale } from './x.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: XScale;
  readonly y: (value: number) => number;
  /** Takes a series into the chart's table; returns what takes it out again. */
  readonly tell: (series: Series) => () => void;
}

/** The left margin of every chart on a page, so that their x axes stand under one another (px). */
export const leftMargin = 44;
export const rightMargin = 8;
export const topMargin = 6;
export const axisHeight = 20;

const key = Symbol('chart frame');
export const setFrame = (frame: Frame): Frame => setContext(key, frame);
export const getFrame = (): Frame => getContext<Frame>(key);
