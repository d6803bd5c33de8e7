export const version = 'version 1';
