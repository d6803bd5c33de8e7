import { EventEmitter } from 'node:events';
import { carry } from './wire.ts';

/*
 * Loaded before a utility process's own file: gives it process.parentPort, as Electron does.
 */
class ParentPort extends EventEmitter {
  #waiting: unknown[] = [];

  postMessage(data: unknown): void {
    wire.post(data);
  }

  deliver(event: unknown): void {
    if (this.listenerCount('message') > 0) this.emit('message', event);
    else this.#waiting.push(event);
  }

  override on(name: string, listener: (event: unknown) => void): this {
    super.on(name, listener);
    for (const event of this.#waiting.splice(0)) this.emit('message', event);
    return this;
  }

  override once(name: string, listener: (event: unknown) => void): this {
    super.once(name, listener);
    for (const event of this.#waiting.splice(0)) this.emit('message', event);
    return this;
  }
}

const parentPort = new ParentPort();
const wire = carry(
  (packet) => process.connected && process.send?.(packet),
  (data, ports) => parentPort.deliver({ data, ports }),
  1,
);
process.on('message', wire.receive);
// A utility process does not outlive the app.
process.on('disconnect', () => process.exit(0));
Object.defineProperty(process, 'parentPort', { value: parentPort, configurable: true });
