import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Port } from './port.ts';
import { carry } from './wire.ts';

const HOOK = fileURLToPath(new URL('./utility-hook.ts', import.meta.url));

/** Utility processes that live, for the test to see and to kill. */
export const utilities = new Map<number, string>();

type ForkOptions = { env?: NodeJS.ProcessEnv; stdio?: 'inherit' | 'pipe'; serviceName?: string };

/** Electron's utility process, played by a child process. */
class Utility extends EventEmitter {
  readonly child: ChildProcess;

  constructor(file: string, args: string[], options: ForkOptions) {
    super();
    const stream = options.stdio ?? 'inherit';
    this.child = fork(file, args, {
      execArgv: ['--import', HOOK],
      env: options.env ?? process.env,
      stdio: ['ignore', stream, stream, 'ipc'],
      serialization: 'advanced',
    });
    const wire = carry(
      (packet) => this.child.connected && this.child.send(packet, () => {}),
      (data) => this.emit('message', data),
      0,
    );
    this.postMessage = wire.post;
    this.child.on('message', wire.receive);
    this.child.once('spawn', () => {
      utilities.set(Number(this.child.pid), options.serviceName ?? file);
      this.emit('spawn');
    });
    this.child.once('exit', (code, signal) => {
      utilities.delete(Number(this.child.pid));
      wire.end();
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  }

  postMessage: (data: unknown, ports?: Port[]) => void;

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stdout(): NodeJS.ReadableStream | null {
    return this.child.stdout;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.child.stderr;
  }

  kill(): boolean {
    return this.child.kill();
  }
}

export const utilityProcess = {
  fork: (file: string, args: string[] = [], options: ForkOptions = {}) => new Utility(file, args, options),
};
