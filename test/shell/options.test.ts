import { describe, expect, it } from 'vitest';
import { waitBefore } from '../../electron/shell/desk-source.ts';
import { readOptions, viewOf } from '../../electron/shell/options.ts';
import { isOnScreen } from '../../electron/shell/window-state.ts';

describe('the desktop command line', () => {
  it('reads its own options and passes over those of Electron and Chromium', () => {
    const args = [
      '.',
      '--data=/d',
      '--agents=/a',
      '--agents=/b',
      '--rehearsal',
      '--traffic=30',
      '--no-sandbox',
      '--inspect=0',
      'nightdesk://task/t1',
    ];
    expect(readOptions(args, {})).toEqual({
      dataFolder: '/d',
      agentFolders: ['/a', '/b'],
      rehearsal: true,
      trafficPerMinute: 30,
      attach: null,
    });
  });

  it('takes the address to attach to, and its token from the environment only', () => {
    const { attach } = readOptions(['--attach=http://10.0.0.5:4000'], { NIGHTDESK_TOKEN: 't' });
    expect(attach).toEqual({ address: 'http://10.0.0.5:4000', token: 't' });
  });
});

describe('a deep link', () => {
  it.each([
    ['nightdesk://incident/3', '/incidents/3'],
    ['nightdesk://task/t12/', '/tasks/t12'],
    ['nightdesk://runbook/provider-down', '/runbooks/provider-down'],
    ['nightdesk://incident/../../x', undefined],
    ['nightdesk://settings/1', undefined],
    ['https://incident/3', undefined],
    ['nightdesk://incident/3?x=<script>', undefined],
  ])('%s leads to %s', (link, view) => {
    expect(viewOf(link)).toBe(view);
  });
});

describe('a desk that keeps dying', () => {
  it('is started again with growing patience, at most ten seconds', () => {
    expect([1, 2, 3, 10, 100].map(waitBefore)).toEqual([200, 400, 800, 10_000, 10_000]);
  });
});

describe('a kept window place', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 };
  it('is used while its title bar is on a screen', () => {
    expect(isOnScreen({ x: 100, y: 50, width: 1200, height: 800 }, [screen])).toBe(true);
    expect(isOnScreen({ x: 2000, y: 50, width: 1200, height: 800 }, [screen])).toBe(false);
    expect(isOnScreen({ x: 100, y: -60, width: 1200, height: 800 }, [screen])).toBe(false);
  });
});
