/** @type {import('electron-builder').Configuration} */
module.exports = {
  appId: 'dev.nightdesk.desktop',
  productName: 'Nightdesk',
  executableName: 'nightdesk',
  copyright: 'Copyright (c) 2026 Nightdesk authors',
  directories: { output: 'release', buildResources: 'build' },
  // Everything is bundled under out/ but the addons (SQLite, keychain), the fonts of PDFs, and zod, which agents' own files import.
  files: [
    'package.json',
    'LICENSE',
    'out/**',
    'build/icon.png',
    '!**/node_modules/**',
    'node_modules/better-sqlite3/{package.json,LICENSE,lib/**}',
    // Of the addon's binaries the one for the system that is packaged for.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills these in.
    'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
    'node_modules/@napi-rs/keyring/{package.json,LICENSE,index.js}',
    'node_modules/@napi-rs/keyring-*/**',
    // The letters of a report's PDF, which the bundled library asks for by the app's own package.json.
    'node_modules/pdfkit/{package.json,LICENSE,js/standard-fonts/Helvetica*.cjs}',
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
  // Hardens the binary: it runs this app from its asar, whole, and is no Node for anybody.
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    // Flipping changes the binary: on Apple's chips it needs a signature again, if only an ad-hoc one.
    resetAdHocDarwinSignature: true,
  },
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
