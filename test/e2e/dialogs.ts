// Answers the system's file dialogs, which no test can click.
import type { ElectronApplication } from '@playwright/test';

/** From now on every open or save dialog is answered with this path, or cancelled. */
export function answerDialogs(app: ElectronApplication, path: string | null): Promise<void> {
  return app.evaluate(({ dialog }, path) => {
    const canceled = path === null;
    dialog.showOpenDialog = () => Promise.resolve({ canceled, filePaths: path === null ? [] : [path] }); // prettier-ignore
    dialog.showSaveDialog = () => Promise.resolve({ canceled, filePath: path ?? '' });
  }, path);
}
