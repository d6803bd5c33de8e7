import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(640),
  height: z.number().int().min(480),
});
export type Rectangle = z.infer<typeof rectangleSchema>;

const windowStateSchema = z.object({ bounds: rectangleSchema, maximized: z.boolean() });
/** Where the window was when it was closed. */
export type WindowState = z.infer<typeof windowStateSchema>;

/** Reads the state kept in a file; undefined at first start, or when the file is broken. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    return windowStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export function keepWindowState(file: string, state: WindowState): void {
  writeFileSync(file, JSON.stringify(state));
}

/** Whether a window there could be seen and dragged: its title bar must lie on a screen (one may have been unplugged). */
export function isOnScreen(bounds: Rectangle, screens: Rectangle[]): boolean {
  const middle = bounds.x + bounds.width / 2;
  return screens.some(
    (screen) =>
      middle >= screen.x &&
      middle < screen.x + screen.width &&
      bounds.y >= screen.y &&
      bounds.y < screen.y + screen.height,
  );
}
