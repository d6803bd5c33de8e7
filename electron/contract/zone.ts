import { z } from 'zod';

/** A time zone by its IANA name. */
export const zoneSchema = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'write a time zone as Europe/Berlin');
