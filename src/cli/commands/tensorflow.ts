import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { optionsOf } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';

interface SetupFlags {
  readonly gpu: boolean;
  readonly wheels?: string;
  readonly force: boolean;
}

export function register(program: Command, io: Io): void {
  const tensorflow = program.command('tensorflow').description('the TensorFlow library, for training with the executor tensorflow');

  tensorflow
    .command('setup')
    .description('download TensorFlow from the Python package index and compile the add-on for Node against it, in the data directory')
    .option('--gpu', 'the build for CUDA 12 with its NVIDIA libraries (2.4 GB to download) in place of the one for CPUs (259 MB)', false)
    .option('--wheels <folder>', 'take the wheels from this folder: for machines without a network')
    .option('--force', 'again, though it is there', false)
    .action(async (_flags, command: Command) => {
      const options = optionsOf<SetupFlags>(command);
      const { setupTensorflow } = await import('../../tensor/executors/tensorflow/setup/setup.ts');
      const { home, facts } = await setupTensorflow({
        build: options.gpu ? 'gpu' : 'cpu',
        force: options.force,
        say: (text) => say(io, options, text),
        ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
        ...(options.wheels !== undefined && { wheels: options.wheels }),
      });
      const row = { tensorflow: facts.tensorflow, build: facts.build, folder: home };
      printAnswer(io, options, {
        document: row,
        columns: [
          { title: 'tensorflow', cell: (found) => found.tensorflow },
          { title: 'build', cell: (found) => found.build },
          { title: 'folder', cell: (found) => found.folder },
        ],
        rows: [row],
      });
    });
}
