import type { Graph } from './graph.ts';
import { nameOf, rootsOf, topological } from './graph.ts';
import { typeText } from './shapes.ts';
import type { Tensor } from './tensor.ts';

/** Prints a graph for people, one tensor per line: `%3 = matmul(%1, %2) transposeB=1 : float32[256,64]`. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Tensor, number>();
  const lines: string[] = [];
  for (const tensor of topological(rootsOf(graph))) {
    numbers.set(tensor, numbers.size);
    const inputs = tensor.inputs.map((x) => `%${numbers.get(x)}`).join(', ');
    const attributes = Object.entries(tensor.attributes)
      .filter(([key, value]) => !(value === 0 && key.startsWith('transpose')) && key !== 'shape')
      .map(([key, value]) => ` ${key}=${typeof value === 'object' ? listText(value) : value}`);
    lines.push(`%${numbers.get(tensor)} = ${tensor.op.name}(${inputs})${attributes.join('')} : ${typeText(tensor)}`);
  }
  for (const [name, tensor] of Object.entries(graph.outputs)) lines.push(`output ${name} = %${numbers.get(tensor)}`);
  for (const { state, value } of graph.updates ?? []) lines.push(`update ${nameOf(state)} = %${numbers.get(value)}`);
  return lines.join('\n');
}

function listText(values: readonly number[]): string {
  const shown = values.slice(0, 8).join(',');
  return values.length > 8 ? `[${shown},... ${values.length} in all]` : `[${shown}]`;
}
