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
  /** Of the library, not of tfjs. */
  readonly version: string;
  readonly onGpu: boolean;
}

/** The parts of @tensorflow/tfjs-node-gpu that are used; its own types pull in a browser's. */
interface TfjsNode extends Tfjs {
  readonly node: { readonly loadSavedModel: (path: string, tags: string[], signature: string) => Promise<LoadedSignature> };
  readonly backend: () => { readonly isUsingGpuDevice: boolean; readonly binding: { readonly TF_Version: string } } & ReturnType<
    Tfjs['backend']
  >;
}

const setupHint = 'run `assay tensorflow setup` (with --gpu for a CUDA card)';

/** What is set up on this machine, without loading it; throws `unavailable` where nothing is. */
export function installedRuntime(): { readonly home: string; readonly facts: RuntimeFacts } {
  packageFolderOf('@tensorflow/tfjs-node-gpu');
  const [runtime] = installedRuntimes();
  if (runtime === undefined) throw new AssayError('unavailable', 'the TensorFlow library is not set up here', { hint: setupHint });
  if (!existsSync(addonOf(runtime.home)))
    throw new AssayError('unavailable', `${addonOf(runtime.home)} is missing`, { hint: `${setupHint} --force` });
  return runtime;
}

let loaded: TensorflowRuntime | undefined;

/** TensorFlow in this thread, loaded at the first call. Throws `unavailable` with the reason where it cannot be. */
export function loadTensorflow(): TensorflowRuntime {
  if (loaded !== undefined) return loaded;
  const { home } = installedRuntime();
  // Node 24 has no util.isNullOrUndefined any more; tfjs-node 4.22 calls it.
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

/** tfjs-node asks the module node-pre-gyp where its add-on lies, in its own folder; ours lies in the data directory. */
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

/** Whether a CUDA card is there and not hidden from this process; asks the driver's files, not the driver. */
export function gpuVisible(): boolean {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined && (visible.trim() === '' || visible.trim().startsWith('-1'))) return false;
  try {
    return readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name));
  } catch {
    return false;
  }
}
