import { existsSync, readdirSync } from 'node:fs';
import util from 'node:util';
import { AssayError, messageOf } from '../../../core/errors.ts';
import type { Tfjs } from '../../graph/kernel.ts';
import type { RuntimeFacts } from './home.ts';
import { addonOf, environmentAddonOf, installedRuntimes } from './home.ts';
import { packageFolderOf, requireHere } from './package.ts';

type Tensors = Readonly<Record<string, import('@tensorflow/tfjs-core').Tensor>>;

/** One signature of a SavedModel; all signatures of one folder share a session. */
export interface LoadedSignature {
  readonly predict: (feeds: Tensors) => Tensors;
  readonly dispose: () => void;
}

export interface TensorflowRuntime {
  readonly tf: Tfjs;
  readonly loadSignature: (folder: string, tag: string, signature: string) => Promise<LoadedSignature>;
  /** Version of the library, not of tfjs. */
  readonly version: string;
  readonly onGpu: boolean;
}

/** The parts of @tensorflow/tfjs-node-gpu that are used; its own types need those of a browser. */
interface TfjsNode extends Tfjs {
  readonly node: { readonly loadSavedModel: (path: string, tags: string[], signature: string) => Promise<LoadedSignature> };
  readonly backend: () => { readonly isUsingGpuDevice: boolean; readonly binding: { readonly TF_Version: string } } & ReturnType<
    Tfjs['backend']
  >;
}

const setupHint = 'run `assay tensorflow setup` (with --gpu for a CUDA card)';

/** Returns the runtime that is set up on this machine, without loading it. @throws `unavailable` if there is none. */
export function installedRuntime(): { readonly home: string; readonly facts: RuntimeFacts } {
  packageFolderOf('@tensorflow/tfjs-node-gpu');
  const [runtime] = installedRuntimes();
  if (runtime === undefined) throw new AssayError('unavailable', 'the TensorFlow library is not set up here', { hint: setupHint });
  if (!existsSync(addonOf(runtime.home)))
    throw new AssayError('unavailable', `${addonOf(runtime.home)} is missing`, { hint: `${setupHint} --force` });
  return runtime;
}

let loaded: TensorflowRuntime | undefined;

/** Returns TensorFlow, loaded in this thread at the first call. @throws `unavailable` with the reason if it does not load. */
export function loadTensorflow(): TensorflowRuntime {
  if (loaded !== undefined) return loaded;
  const { home } = installedRuntime();
  // Node 24 has no util.isNullOrUndefined, which tfjs-node 4.22 calls.
  const shimmed = util as { isNullOrUndefined?: (value: unknown) => boolean };
  shimmed.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    requireHere(environmentAddonOf(home));
    pointToAddon(addonOf(home));
    const tf = requireHere('@tensorflow/tfjs-node-gpu') as TfjsNode;
    tf.enableProdMode();
    const { isUsingGpuDevice: onGpu, binding } = tf.backend();
    loaded = {
      tf,
      loadSignature: (folder, tag, signature) => {
        // The current backend is a setting of the whole thread, and another executor may have changed it.
        void tf.setBackend('tensorflow');
        return tf.node.loadSavedModel(folder, [tag], signature);
      },
      version: binding.TF_Version,
      onGpu,
    };
    return loaded;
  } catch (cause) {
    throw new AssayError('unavailable', `TensorFlow does not load: ${messageOf(cause)}`, {
      cause,
      hint: `${setupHint}, with --force to do it again`,
    });
  }
}

/** Replaces node-pre-gyp, which tfjs-node asks for the path of its add-on, because ours is in the data directory. */
function pointToAddon(addon: string): void {
  const { resolve, cache } = requireHere;
  const finder = resolve('@mapbox/node-pre-gyp', { paths: [packageFolderOf('@tensorflow/tfjs-node-gpu')] });
  cache[finder] = Object.assign(Object.create(null), {
    id: finder,
    filename: finder,
    loaded: true,
    exports: { find: () => addon },
  }) as NodeModule;
}

/** True if a CUDA card is present and not hidden from this process. Reads the driver's device files and does not load the driver. */
export function gpuVisible(): boolean {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined && (visible.trim() === '' || visible.trim().startsWith('-1'))) return false;
  try {
    return readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name));
  } catch {
    return false;
  }
}
