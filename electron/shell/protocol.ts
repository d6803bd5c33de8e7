import { protocol, type Session } from 'electron';
import { readConsoleFile } from '../serve/files.ts';
import { SECURITY_HEADERS } from '../serve/headers.ts';

const SCHEME = 'app';
const HOST = 'nightdesk';

/** The console's origin on the desktop. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`;

/** Makes app:// a scheme with an origin of its own, as https has. Before the app is ready, or never. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built console, and nothing else of the disk, under app://nightdesk with the same policy as over HTTP. */
export function serveConsole(session: Session, folder: string): void {
  session.protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const file =
      url.host === HOST && request.method === 'GET' ? await readConsoleFile(folder, url.pathname) : undefined;
    if (!file) return new Response('There is no such file.', { status: 404, headers: { ...SECURITY_HEADERS } });
    return new Response(new Uint8Array(file.body), { headers: { ...SECURITY_HEADERS, 'content-type': file.type } });
  });
}
