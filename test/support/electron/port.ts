import { EventEmitter } from 'node:events';

/** What a port delivers, as Electron's MessageEvent. */
export type Delivery = { data: unknown; ports: Port[] };

/**
 * A MessagePort as Electron's MessagePortMain behaves: it holds messages until started, and may be transferred to another
 * process, after which they go there.
 */
export class Port extends EventEmitter {
  #peer: Port | undefined;
  #waiting: Delivery[] = [];
  #started = false;
  #forward: ((data: unknown) => void) | undefined;
  #forwardClose: (() => void) | undefined;
  #closed = false;

  static pair(): { port1: Port; port2: Port } {
    const port1 = new Port();
    const port2 = new Port();
    port1.#peer = port2;
    port2.#peer = port1;
    return { port1, port2 };
  }

  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    setImmediate(() => this.#peer?.receive({ data: copy, ports: [] }));
  }

  start(): void {
    this.#started = true;
    for (const delivery of this.#waiting.splice(0)) this.emit('message', delivery);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const peer = this.#peer;
    setImmediate(() => peer?.end());
  }

  /** The other side closed, or its process is gone. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#forwardClose) this.#forwardClose();
    else this.emit('close');
  }

  receive(delivery: Delivery): void {
    if (this.#closed) return;
    if (this.#forward) this.#forward(delivery.data);
    else if (this.#started) this.emit('message', delivery);
    else this.#waiting.push(delivery);
  }

  /** From now on what this port receives goes elsewhere. */
  transfer(forward: (data: unknown) => void, forwardClose: () => void): void {
    this.#forward = forward;
    this.#forwardClose = forwardClose;
    for (const delivery of this.#waiting.splice(0)) forward(delivery.data);
  }
}
