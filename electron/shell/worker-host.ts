/*
 * A worker on the desktop (an Electron utility process). Main hands it a port to the desk; the worker's link then talks
 * over that, past main.
 */
process.parentPort.once('message', ({ ports: [port] }) => {
  if (!port) throw new Error('main sent no port');
  // A worker without a desk has nothing to do: its tasks go on elsewhere.
  port.on('close', () => process.exit(0));
  Object.defineProperty(process, 'parentPort', { value: port });
  void import('../runner/worker/main.ts').then(() => port.start());
});
