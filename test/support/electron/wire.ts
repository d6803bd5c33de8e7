import { Port } from './port.ts';

/** What two processes of the stand-in say to each other. */
type Packet =
  | { standIn: 'message'; data: unknown; ports: number[] }
  | { standIn: 'port'; port: number; data: unknown }
  | { standIn: 'close'; port: number };

export type Wire = {
  post(data: unknown, ports?: Port[]): void;
  receive(packet: unknown): void;
  /** The other process is gone: all ports that went there close. */
  end(): void;
};

/**
 * Carries messages and ports over a child process's channel.
 *
 * @param first numbers of the ports sent from this side: each side has its own
 */
export function carry(
  send: (packet: Packet) => void,
  deliver: (data: unknown, ports: Port[]) => void,
  first: 0 | 1,
): Wire {
  /** This side's stand for a port that lives on, or came from, the other side. */
  const ends = new Map<number, Port>();
  let last = first - 2;

  /** Sends a port away: what it would receive goes over the wire; what comes back is what it posts. */
  function sendPort(port: Port): number {
    last += 2;
    const number = last;
    port.transfer(
      (data) => send({ standIn: 'port', port: number, data }),
      () => send({ standIn: 'close', port: number }),
    );
    ends.set(number, port);
    return number;
  }

  /** A port that came: one end for the user here, the other forwards over the wire. */
  function takePort(number: number): Port {
    const { port1, port2 } = Port.pair();
    port2.transfer(
      (data) => send({ standIn: 'port', port: number, data }),
      () => send({ standIn: 'close', port: number }),
    );
    ends.set(number, port2);
    return port1;
  }

  return {
    post(data, ports = []) {
      send({ standIn: 'message', data, ports: ports.map(sendPort) });
    },
    receive(raw) {
      const packet = raw as Packet;
      if (packet.standIn === 'message') deliver(packet.data, packet.ports.map(takePort));
      else if (packet.standIn === 'port') ends.get(packet.port)?.postMessage(packet.data);
      else ends.get(packet.port)?.close();
    },
    end() {
      for (const port of ends.values()) port.close();
      ends.clear();
    },
  };
}
