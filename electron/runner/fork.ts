/** A worker process as the engine sees it, whoever forked it (child_process under serve, the shell on the desktop). */
export type WorkerProcess = {
  pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, when it is gone, with what the system said of it. */
  onExit(listener: (reason: string) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
};
/** Forks one worker process that runs electron/runner/worker/main. */
export type ForkWorker = (env: Record<string, string>) => WorkerProcess;
