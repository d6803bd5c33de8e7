export const late = 'late 1';
