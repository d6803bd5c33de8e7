import { Menu, Notification, nativeImage, Tray } from 'electron';
import type { OpenIncident } from './incidents.ts';

export type TrayOptions = {
  /** build/icon.png. */
  icon: string;
  /** Shows the console, on an incident when one is named. */
  open(incident?: number): void;
  quit(): void;
};

/** The tray icon and native notifications: how many incidents are open, and each new one once. */
export function createTray(options: TrayOptions): { show(open: OpenIncident[]): void } {
  const tray = new Tray(nativeImage.createFromPath(options.icon).resize({ width: 18, height: 18 }));
  const known = new Set<number>();
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
    for (const incident of open) {
      if (known.has(incident.id)) continue;
      known.add(incident.id);
      if (incident.acknowledged || !Notification.isSupported()) continue;
      const notification = new Notification({ title: 'Nightdesk', body: incident.title, urgency: 'critical' });
      notification.on('click', () => options.open(incident.id));
      notification.show();
    }
  }
  show([]);
  return { show };
}
