import { Menu, nativeImage, Tray } from 'electron';
import type { OpenIncident } from './incidents.ts';

export type TrayOptions = {
  /** build/icon.png. */
  icon: string;
  /** Shows the console. */
  open(): void;
  quit(): void;
};

/** The tray icon: how many incidents are open. */
export function createTray(options: TrayOptions): { show(open: OpenIncident[]): void } {
  const tray = new Tray(nativeImage.createFromPath(options.icon).resize({ width: 18, height: 18 }));
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Nightdesk', click: () => options.open() },
      { type: 'separator' },
      { label: 'Quit', click: options.quit },
    ]),
  );
  tray.on('click', () => options.open());

  function show(open: OpenIncident[]): void {
    const waiting = open.filter((incident) => !incident.acknowledged).length;
    const count = open.length === 1 ? '1 open incident' : `${open.length} open incidents`;
    tray.setToolTip(open.length === 0 ? 'Nightdesk: all quiet' : `Nightdesk: ${count}, ${waiting} not acknowledged`);
  }
  show([]);
  return { show };
}
