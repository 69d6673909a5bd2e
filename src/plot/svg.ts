import { markerPath, type Scheme, schemes, type Token } from './palette.ts';
import type { Clipped, Mark, Markers, Place, Scene, Text } from './scene.ts';

/** Fonts of the pages; the last but one is the font that pictures of pixels are made with. */
const fonts = "system-ui, 'DejaVu Sans', sans-serif";

/** A scene as an SVG document, which needs nothing else. */
export function svgText({ width, height, title, description, marks }: Scene, scheme: Scheme = 'light'): string {
  const colours = schemes[scheme];
  const clips: string[] = [];
  const body = marks.map((mark) => written(mark, colours, clips)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-labelledby="title description" font-family="${fonts}">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
${clips.length === 0 ? '' : `<defs>\n${clips.join('\n')}\n</defs>\n`}<rect width="100%" height="100%" fill="${colours.paper}"/>
${body}
</svg>
`;
}

type Colours = Readonly<Record<Token, string>>;

function written(mark: Mark, colours: Colours, clips: string[]): string {
  switch (mark.kind) {
    case 'polyline':
      return `<path d="${lineOf(mark.points)}" fill="none" stroke="${colours[mark.colour]}" stroke-width="${px(mark.width)}" stroke-linejoin="round" stroke-linecap="round"${mark.dash === undefined || mark.dash.length === 0 ? '' : ` stroke-dasharray="${mark.dash.join(' ')}"`}${opacity(mark.opacity)}/>`;
    case 'polygon':
      return `<path d="${lineOf(mark.points)}Z" fill="${colours[mark.colour]}"${opacity(mark.opacity)}/>`;
    case 'rectangle':
      return `<rect x="${px(mark.at[0])}" y="${px(mark.at[1])}" width="${px(mark.width)}" height="${px(mark.height)}" fill="${colours[mark.colour]}"${opacity(mark.opacity)}/>`;
    case 'markers':
      return markers(mark, colours);
    case 'text':
      return textOf(mark, colours);
    case 'clipped':
      return clipped(mark, colours, clips);
  }
}

function clipped({ at: [x, y], width, height, marks }: Clipped, colours: Colours, clips: string[]): string {
  const id = `clip-${clips.length + 1}`;
  clips.push(`<clipPath id="${id}"><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/></clipPath>`);
  return `<g clip-path="url(#${id})">\n${marks.map((mark) => written(mark, colours, clips)).join('\n')}\n</g>`;
}

/** All in one path: a shape each would be four times as large. */
function markers({ points, marker: { shape, filled }, radius, colour, opacity: share }: Markers, colours: Colours): string {
  const outline = markerPath(shape, radius);
  const path = points.map(([x, y]) => moved(outline, x, y)).join('');
  const paint = filled ? `fill="${colours[colour]}"` : `fill="none" stroke="${colours[colour]}" stroke-width="1.25"`;
  return `<path d="${path}" ${paint}${opacity(share)}/>`;
}

/** A path of absolute commands (M, L, A and Z with a blank between numbers) elsewhere. */
function moved(path: string, x: number, y: number): string {
  return path.replace(/([MLA])([^MLAZ]*)/g, (_, command: string, given: string) => {
    const numbers = given.trim().split(/ +/).map(Number);
    const place = numbers.length - 2;
    return command + numbers.map((n, i) => px(i === place ? n + x : i === place + 1 ? n + y : n)).join(' ');
  });
}

function textOf({ at: [x, y], text, size, colour, bold, anchor = 'start', upright }: Text, colours: Colours): string {
  const where = upright === true ? `transform="translate(${px(x)} ${px(y)}) rotate(-90)"` : `x="${px(x)}" y="${px(y)}"`;
  return `<text ${where} font-size="${size}" fill="${colours[colour]}"${bold === true ? ' font-weight="600"' : ''}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escaped(text)}</text>`;
}

const lineOf = (points: readonly Place[]): string => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');

const opacity = (share: number | undefined): string => (share === undefined || share === 1 ? '' : ` opacity="${share}"`);

/** A hundredth of a pixel is enough. */
const px = (x: number): number => Math.round(100 * x) / 100 || 0;

/** Characters that XML 1.0 allows in a text, with those that would end it written as entities. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
