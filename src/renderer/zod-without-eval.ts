// zod would try `new Function` when a schema is made, which the content security policy refuses and
// reports. Import this before any schema.
import { config } from 'zod';

config({ jitless: true });
