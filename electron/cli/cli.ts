import type { Readable, Writable } from 'node:stream';
import { type Connected, connectTo, locateDesk } from './client.ts';
import { EXIT } from './exit.ts';
import type { Output, OutputName } from './output.ts';

/** The terminal, or what stands for it. */
export type Terminal = {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean; columns?: number; rows?: number };
};

/** What a command works with. */
export type Cli = {
  terminal: Terminal;
  isJson(): boolean;
  /** As --data says; undefined for the default. */
  dataFolder(): string | undefined;
  /** Connects to the desk, once. */
  connect(): Promise<Connected>;
  /** A line for the person who looks on, beside the result: on standard error, and none with --json. */
  note(line: string): void;
  /** The result: its document with --json, else its words. @param exit what the command ends with */
  finish<Name extends OutputName>(name: Name, document: Output<Name>, inWords: string, exit?: number): void;
  /** One of several documents, a line each, with --json; nothing without. */
  line<Name extends OutputName>(name: Name, document: Output<Name>): void;
  /** A result that is no document: words without --json, and what the command ends with. */
  end(inWords: string, exit?: number): void;
};

/** A Cli, and what is left when its command has ended. */
export type CliInUse = Cli & { exit(): number; connected(): Connected | undefined };

/** @param globals the options that every command takes */
export function createCli(terminal: Terminal, globals: () => { json?: boolean; data?: string }): CliInUse {
  let exitCode: number = EXIT.ok;
  let connected: Connected | undefined;
  const isJson = () => globals().json === true;
  const dataFolder = () => globals().data;
  return {
    terminal,
    isJson,
    dataFolder,
    async connect() {
      connected ??= await connectTo(locateDesk(dataFolder()));
      return connected;
    },
    note(line) {
      if (!isJson()) terminal.stderr.write(`${line}\n`);
    },
    finish(_name, document, inWords, exit = EXIT.ok) {
      exitCode = exit;
      terminal.stdout.write(`${isJson() ? JSON.stringify(document, null, 2) : inWords}\n`);
    },
    line(_name, document) {
      if (isJson()) terminal.stdout.write(`${JSON.stringify(document)}\n`);
    },
    end(inWords, exit = EXIT.ok) {
      exitCode = exit;
      if (!isJson()) terminal.stdout.write(`${inWords}\n`);
    },
    exit: () => exitCode,
    connected: () => connected,
  };
}
