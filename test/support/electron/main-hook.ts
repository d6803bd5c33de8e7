import { registerHooks } from 'node:module';

/*
 * Loaded before the built main file: `electron` is the stand-in, and the test is obeyed over the process's channel.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true };
    return next(specifier, context);
  },
});
await import('./obey.ts');
