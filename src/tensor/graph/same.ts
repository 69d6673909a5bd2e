import type { Graph } from './graph.ts';
import { rootsOf, topological } from './graph.ts';
import type { Tensor } from './tensor.ts';

/** True if two graphs are equal op by op and name their outputs and states alike. */
export function sameGraph(a: Graph, b: Graph): boolean {
  const names = (graph: Graph): string => Object.keys(graph.outputs).join(',');
  const [first, second] = [a, b].map((graph) => topological(rootsOf(graph))) as [readonly Tensor[], readonly Tensor[]];
  if (names(a) !== names(b) || a.updates?.length !== b.updates?.length || first.length !== second.length) return false;
  const twin = new Map(first.map((tensor, i) => [tensor, second[i]!]));
  const equal = (tensor: Tensor): boolean => {
    const other = twin.get(tensor)!;
    const inputs = tensor.inputs.length === other.inputs.length && tensor.inputs.every((x, i) => twin.get(x) === other.inputs[i]);
    return inputs && tensor.op === other.op && JSON.stringify(tensor.attributes) === JSON.stringify(other.attributes);
  };
  const otherRoots = rootsOf(b);
  return rootsOf(a).every((root, i) => twin.get(root) === otherRoots[i]) && first.every(equal);
}
