import { ipcRenderer } from 'electron';

/*
 * All that the window gets of Electron: a MessagePort to the desk, posted to the page whenever the desk is up. The page's
 * scripts have run by the load event, so its listener is there.
 */
ipcRenderer.on('nightdesk:port', (event) => {
  window.postMessage('nightdesk:port', window.location.origin, event.ports);
});
window.addEventListener('load', () => ipcRenderer.send('nightdesk:connect'));
