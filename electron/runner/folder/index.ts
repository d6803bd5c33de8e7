/*
 * Watched folders: each new JSON file in an agent's `intake.folder` becomes a task, keyed by its name and content, and is
 * filed under done/ or refused/. take.ts does it for one file; here is which files, and when.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { AgentDefinition } from '#contract/agent.ts';
import type { Result } from '#contract/errors.ts';
import type { Submitted } from '#contract/task.ts';
import type { NewTask } from '../engine/accept.ts';
import { DONE, fileDone, fileRefused, isTaskFile, REFUSED, readTaken, TAKING, type Taken, takeFile } from './take.ts';

/** A file that has not changed for this long is looked at, ms. */
const STILL_MS = 200;
/** Files that are submitted in one commit. */
const BATCH = 200;
/** What the queue or the disk refused is tried again after this, ms. */
const AGAIN_MS = 30_000;
/** The folder is looked through this often, ms: the system may drop an event, and network folders send none. */
const LOOK_MS = 30_000;

export type FoldersOptions = {
  submit(batch: NewTask[]): Promise<Result<Submitted>[]>;
  now(): number;
  log(message: string): void;
};

/** An agent's folder at work. */
type Inbox = {
  agent: string;
  folder: string;
  /** Names of files that arrived and were not looked at yet. */
  arrived: Set<string>;
  /** Files moved aside and not yet answered for good. */
  taken: Set<string>;
  working: Promise<void> | undefined;
  timers: Set<NodeJS.Timeout>;
  watcher: FSWatcher | undefined;
  trouble: string | null;
  closed: boolean;
};

/** The folder that an agent watches (absolute), where it has one; its file's folder is where it begins. */
export function folderOf({ file, nightdesk }: AgentDefinition): string | undefined {
  const { folder } = nightdesk.intake;
  return folder === undefined ? undefined : resolve(dirname(file), folder);
}

/** Watches the folders of the definitions in force. */
export function createFolders(options: FoldersOptions) {
  const inboxes = new Map<string, Inbox>();

  function later(inbox: Inbox, ms: number, what: () => void): void {
    const timer = setTimeout(() => {
      inbox.timers.delete(timer);
      what();
    }, ms);
    inbox.timers.add(timer.unref());
  }

  function open(agent: string, folder: string): Inbox {
    const inbox: Inbox = {
      agent,
      folder,
      arrived: new Set(),
      taken: new Set(),
      working: undefined,
      timers: new Set(),
      watcher: undefined,
      trouble: null,
      closed: false,
    };
    void begin(inbox);
    return inbox;
  }

  async function begin(inbox: Inbox): Promise<void> {
    try {
      for (const name of [TAKING, DONE, REFUSED]) await mkdir(join(inbox.folder, name), { recursive: true });
      if (inbox.closed) return;
      inbox.watcher = watch(inbox.folder, {
        depth: 0,
        followSymlinks: false,
        awaitWriteFinish: { stabilityThreshold: STILL_MS, pollInterval: 50 },
        ignoreInitial: true,
        ignored: (path) => path !== inbox.folder && !isTaskFile(basename(path)),
      });
      // A file that came before the watcher was ready made no event.
      inbox.watcher.on('ready', () => void lookAgain(inbox));
      inbox.watcher.on('all', (event, path) => {
        if (event === 'add' || event === 'change') arrive(inbox, basename(path));
      });
      inbox.watcher.on('error', (error) => stumble(inbox, error));
      inbox.trouble = null;
      lookNowAndThen(inbox);
    } catch (error) {
      stumble(inbox, error);
      if (!inbox.closed) later(inbox, AGAIN_MS, () => void begin(inbox));
    }
  }

  /** Finds what lies in the folder, whatever was missed. */
  async function look(inbox: Inbox): Promise<void> {
    for (const name of await readdir(join(inbox.folder, TAKING))) inbox.taken.add(name);
    for (const name of await readdir(inbox.folder)) if (isTaskFile(name)) inbox.arrived.add(name);
  }

  async function lookAgain(inbox: Inbox): Promise<void> {
    try {
      await look(inbox);
      if (!hasWork(inbox)) inbox.trouble = null;
    } catch (error) {
      stumble(inbox, error);
    }
    work(inbox);
  }

  function lookNowAndThen(inbox: Inbox): void {
    later(inbox, LOOK_MS, () => {
      void lookAgain(inbox);
      lookNowAndThen(inbox);
    });
  }

  function stumble(inbox: Inbox, error: unknown): void {
    inbox.trouble = `The folder ${inbox.folder} of ${inbox.agent} cannot be worked with: ${(error as Error).message}`;
    options.log(inbox.trouble);
  }

  function arrive(inbox: Inbox, name: string): void {
    inbox.arrived.add(name);
    work(inbox);
  }

  /** Works until nothing is left; one pass after the other. */
  function work(inbox: Inbox): void {
    if (inbox.working !== undefined || !hasWork(inbox)) return;
    inbox.working = pass(inbox).catch((error: unknown) => {
      stumble(inbox, error);
      if (!inbox.closed) later(inbox, AGAIN_MS, () => void lookAgain(inbox));
    });
  }

  function hasWork({ closed, arrived, taken }: Inbox): boolean {
    return !closed && (arrived.size > 0 || taken.size > 0);
  }

  async function pass(inbox: Inbox): Promise<void> {
    try {
      while (hasWork(inbox)) {
        const batch: Taken[] = [];
        for (const name of [...inbox.taken].slice(0, BATCH)) {
          inbox.taken.delete(name);
          batch.push(await readTaken(inbox.folder, name));
        }
        for (const name of [...inbox.arrived].slice(0, BATCH - batch.length)) {
          inbox.arrived.delete(name);
          const taken = await takeFile(inbox.folder, name, options.now());
          if (taken === undefined) continue;
          if ('wait' in taken) later(inbox, taken.wait, () => arrive(inbox, name));
          else batch.push(taken);
        }
        if (!(await answer(inbox, batch))) return;
      }
      inbox.trouble = null;
    } finally {
      // In the same turn as the last look for work: what arrives from now on begins a pass of its own.
      inbox.working = undefined;
    }
  }

  /** Submits what was taken, and files it. @returns false when some of it is to be submitted again, later */
  async function answer(inbox: Inbox, batch: Taken[]): Promise<boolean> {
    const fit = batch.flatMap(({ input, key }) => (input.ok ? [{ agent: inbox.agent, input: input.value, key }] : []));
    const results = (await options.submit(fit)).values();
    let wait = 0;
    for (const taken of batch) {
      const result = taken.input.ok ? results.next().value : taken.input;
      if (result?.ok) {
        await fileDone(inbox.folder, taken);
      } else if (result?.error.code === 'BAD_INPUT' || result?.error.code === 'CONFLICT') {
        await fileRefused(inbox.folder, taken, result.error);
        options.log(`${join(inbox.folder, taken.name)} was refused: ${result.error.message}`);
      } else {
        inbox.taken.add(taken.name);
        wait = Math.max(wait, result?.error.retryAfterMs ?? AGAIN_MS);
        inbox.trouble = `The folder ${inbox.folder} waits: ${result?.error.message ?? 'no answer'}`;
      }
    }
    if (wait > 0) later(inbox, wait, () => work(inbox));
    return wait === 0;
  }

  async function close(inbox: Inbox): Promise<void> {
    inbox.closed = true;
    for (const timer of inbox.timers) clearTimeout(timer);
    await inbox.watcher?.close();
    await inbox.working;
  }

  return {
    /** Watches what these agents name, and nothing else any more. Of two agents with one folder the first has it. */
    define(definitions: AgentDefinition[]): void {
      const wanted = new Map<string, string>();
      for (const definition of definitions) {
        const folder = folderOf(definition);
        if (folder === undefined) continue;
        if ([...wanted.values()].includes(folder))
          options.log(`${definition.name} does not get ${folder}: another agent has it`);
        else wanted.set(definition.name, folder);
      }
      for (const [agent, inbox] of inboxes) {
        if (wanted.get(agent) === inbox.folder) continue;
        inboxes.delete(agent);
        void close(inbox);
      }
      for (const [agent, folder] of wanted) {
        if (!inboxes.has(agent)) inboxes.set(agent, open(agent, folder));
      }
    },
    /** What keeps folders from being worked with, in plain words. */
    troubles: (): string[] => [...inboxes.values()].flatMap(({ trouble }) => (trouble === null ? [] : [trouble])),
    async close(): Promise<void> {
      await Promise.all([...inboxes.values()].map(close));
    },
  };
}
