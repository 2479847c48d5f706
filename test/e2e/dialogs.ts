// Answers the system's file dialogs, which no test can click.
import type { ElectronApplication } from '@playwright/test';

/** From now on every open or save dialog is answered with this path, or cancelled; a save dialog with its own, if given. */
export function answerDialogs(
  app: ElectronApplication,
  path: string | null,
  savePath: string | null = path,
): Promise<void> {
  return app.evaluate(
    ({ dialog }, [path, savePath]) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: path === null, filePaths: path === null ? [] : [path] }); // prettier-ignore
      dialog.showSaveDialog = () => Promise.resolve({ canceled: savePath === null, filePath: savePath ?? '' }); // prettier-ignore
    },
    [path, savePath] as const,
  );
}
