// The application menu. What Electron can do by itself are roles; the rest asks the window.
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../shared/events.ts';

/** Installs the menu; `send` carries a chosen command to the window. */
export function installMenu(send: (command: MenuCommand) => void): void {
  const item = (
    label: string,
    command: MenuCommand,
    accelerator?: string,
  ): MenuItemConstructorOptions => ({
    label,
    click: () => send(command),
    ...(accelerator && { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const mac = process.platform === 'darwin';
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ role: 'toggleDevTools' }, separator];

  const menu: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        item('New project…', 'project.new', 'CmdOrCtrl+Shift+N'),
        item('Open project…', 'project.open', 'CmdOrCtrl+O'),
        item('Open packed project…', 'project.unpack'),
        item('Pack project…', 'project.pack'),
        item('Close project', 'project.close'),
        separator,
        item('Report…', 'report.write'),
        item('Export everything…', 'export.all'),
        separator,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Project',
      submenu: [
        item('New run…', 'run.new', 'CmdOrCtrl+N'),
        item('Add a corpus…', 'corpus.add'),
        item('Add a suite…', 'suite.add'),
        item('Download BLiMP…', 'blimp.get'),
        item('Write a suite…', 'suite.write'),
        item('Import scores…', 'scores.import'),
        item('Import models…', 'models.import'),
        item('Take in judgements…', 'judgements.import'),
        separator,
        item('Undo judgement or flag', 'annotations.undo'),
        item('Redo judgement or flag', 'annotations.redo'),
      ],
    },
    {
      label: '&View',
      submenu: [
        item('Command palette', 'palette.show', 'CmdOrCtrl+K'),
        separator,
        ...developer,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    {
      role: 'help',
      submenu: [
        item('Keyboard shortcuts', 'keys.show', 'F1'),
        item('Glossary', 'glossary.show', 'F2'),
        separator,
        item('Save diagnostics…', 'diagnostics.save'),
        item('Licences', 'licences.show'),
        ...(mac ? [] : [{ role: 'about' } satisfies MenuItemConstructorOptions]),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}
