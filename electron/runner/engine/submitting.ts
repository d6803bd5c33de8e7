import { fail, type Result } from '#contract/errors.ts';
import type { Submitted } from '#contract/task.ts';
import { messageOf } from '../worker/unwind.ts';
import type { NewTask } from './accept.ts';

export type SubmittingOptions = {
  /** Inside a commit. */
  accept(one: NewTask, at: number): Result<Submitted>;
  claimAll(): void;
  commit<T>(work: () => T): Promise<T>;
  /** After a commit. */
  deliver(): void;
  onDiskRefused(error: unknown): void;
  now(): number;
};

/** Takes tasks in, those of one call in one commit with the claims that it makes possible. It answers when they are on the disk. */
export function createSubmitting(options: SubmittingOptions) {
  const { accept, claimAll, commit, deliver } = options;

  function submitAll(batch: NewTask[], at: number): Result<Submitted>[] {
    const results = batch.map((one) => accept(one, at));
    claimAll();
    return results;
  }

  return async (batch: NewTask[]): Promise<Result<Submitted>[]> => {
    const at = options.now();
    const results = await commit(() => submitAll(batch, at)).catch((error: unknown) => {
      options.onDiskRefused(error);
      const refused = fail('STORAGE', `The task could not be written: ${messageOf(error)}.`, {
        kept: 'Nothing was queued.',
        todo: 'Free space on the disk of the data folder, then submit again with the same key.',
      });
      return batch.map(() => refused);
    });
    deliver();
    return results;
  };
}
