// Views that a person named, as addresses of the window's routes.
import type { SavedView } from '../../../shared/workbench.ts';
import { all, get, run, type Db } from './sql.ts';

const select = 'SELECT id, name, address, created_at_ms AS createdAtMs FROM saved_views';

/** By name. */
export const listViews = (db: Db): SavedView[] =>
  all<SavedView>(db, `${select} ORDER BY name COLLATE NOCASE, id`);

/** A view of that name that is there already is given the new address. */
export function saveView(
  db: Db,
  { name, address }: Pick<SavedView, 'name' | 'address'>,
): SavedView {
  run(
    db,
    `INSERT INTO saved_views (name, address, created_at_ms) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET address = excluded.address`,
    name,
    address,
    Date.now(),
  );
  return get<SavedView>(db, `${select} WHERE name = ?`, name) as SavedView;
}

/** Returns whether it was there. */
export const deleteView = (db: Db, id: number): boolean =>
  run(db, 'DELETE FROM saved_views WHERE id = ?', id).changes > 0;
