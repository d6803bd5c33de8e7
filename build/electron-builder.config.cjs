const { existsSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { FuseV1Options, FuseVersion, flipFuses } = require('@electron/fuses');

/** A real Electron binary is larger than this by far; a stand-in (where the real one cannot be had) is not. */
const LEAST_BINARY_BYTES = 10 * 1024 * 1024;

const BINARY = {
  darwin: (context) => join(context.appOutDir, `${context.packager.appInfo.productFilename}.app`),
  mas: (context) => join(context.appOutDir, `${context.packager.appInfo.productFilename}.app`),
  linux: (context) => join(context.appOutDir, context.packager.executableName),
  win32: (context) => join(context.appOutDir, `${context.packager.appInfo.productFilename}.exe`),
};

/** Hardens the binary: it runs this app from its asar, whole, and is no Node for anybody. */
async function flip(context) {
  const binary = BINARY[context.electronPlatformName](context);
  const stat = existsSync(binary) ? statSync(binary) : undefined;
  if (!stat || (stat.isFile() && stat.size < LEAST_BINARY_BYTES)) {
    console.warn(`fuses: skipped, ${binary} is a stand-in and not Electron. Never release this package.`);
    return;
  }
  await flipFuses(binary, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: context.electronPlatformName === 'darwin',
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  });
}

/** @type {import('electron-builder').Configuration} */
module.exports = {
  appId: 'dev.nightdesk.desktop',
  productName: 'Nightdesk',
  executableName: 'nightdesk',
  copyright: 'Copyright (c) 2026 Nightdesk authors',
  directories: { output: 'release', buildResources: 'build' },
  // Everything is bundled under out/ but the addons (SQLite, keychain) and zod, which agents' own files import.
  files: [
    'package.json',
    'LICENSE',
    'out/**',
    'build/icon.png',
    '!**/node_modules/**',
    'node_modules/better-sqlite3/{package.json,LICENSE,lib/**,prebuilds/**}',
    'node_modules/@napi-rs/keyring/{package.json,LICENSE,index.js}',
    'node_modules/@napi-rs/keyring-*/**',
    'node_modules/zod/**',
    '!node_modules/zod/src/**',
  ],
  asar: true,
  asarUnpack: ['**/*.node'],
  extraResources: [
    { from: 'runbooks', to: 'runbooks' },
    { from: 'agents', to: 'agents' },
  ],
  // The addon is Node-API with its binaries inside: nothing is compiled.
  npmRebuild: false,
  nodeGypRebuild: false,
  protocols: [{ name: 'Nightdesk', schemes: ['nightdesk'] }],
  afterPack: flip,
  linux: { target: ['AppImage', 'deb'], category: 'Development', icon: 'build/icon.png' },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.developer-tools',
    hardenedRuntime: true,
    icon: 'build/icon.png',
  },
  win: { target: ['nsis'], icon: 'build/icon.png' },
  publish: null,
};
