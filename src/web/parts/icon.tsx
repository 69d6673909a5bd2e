import ArrowDown from 'lucide/dist/esm/icons/arrow-down.mjs';
import ArrowUp from 'lucide/dist/esm/icons/arrow-up.mjs';
import Ban from 'lucide/dist/esm/icons/ban.mjs';
import Bookmark from 'lucide/dist/esm/icons/bookmark.mjs';
import Boxes from 'lucide/dist/esm/icons/boxes.mjs';
import Check from 'lucide/dist/esm/icons/check.mjs';
import ChevronLeft from 'lucide/dist/esm/icons/chevron-left.mjs';
import ChevronRight from 'lucide/dist/esm/icons/chevron-right.mjs';
import CircleQuestionMark from 'lucide/dist/esm/icons/circle-question-mark.mjs';
import CircleStop from 'lucide/dist/esm/icons/circle-stop.mjs';
import Columns from 'lucide/dist/esm/icons/columns-3.mjs';
import Copy from 'lucide/dist/esm/icons/copy.mjs';
import Database from 'lucide/dist/esm/icons/database.mjs';
import Download from 'lucide/dist/esm/icons/download.mjs';
import Flask from 'lucide/dist/esm/icons/flask-conical.mjs';
import GitCompare from 'lucide/dist/esm/icons/git-compare.mjs';
import Info from 'lucide/dist/esm/icons/info.mjs';
import Monitor from 'lucide/dist/esm/icons/monitor.mjs';
import Moon from 'lucide/dist/esm/icons/moon.mjs';
import Pause from 'lucide/dist/esm/icons/pause.mjs';
import Play from 'lucide/dist/esm/icons/play.mjs';
import Plus from 'lucide/dist/esm/icons/plus.mjs';
import Retry from 'lucide/dist/esm/icons/rotate-ccw.mjs';
import Search from 'lucide/dist/esm/icons/search.mjs';
import ShieldCheck from 'lucide/dist/esm/icons/shield-check.mjs';
import Sun from 'lucide/dist/esm/icons/sun.mjs';
import Table from 'lucide/dist/esm/icons/table.mjs';
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import Undo from 'lucide/dist/esm/icons/undo-2.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { h, type VNode } from 'preact';

/** Every icon of the pages, by what it stands for. A page that needs another one adds its line. */
const icons = {
  'arrow-down': ArrowDown,
  'arrow-up': ArrowUp,
  bookmark: Bookmark,
  cancel: Ban,
  check: Check,
  close: X,
  columns: Columns,
  compare: GitCompare,
  copy: Copy,
  cross: X,
  dark: Moon,
  data: Database,
  download: Download,
  help: CircleQuestionMark,
  info: Info,
  left: ChevronLeft,
  light: Sun,
  models: Boxes,
  pause: Pause,
  play: Play,
  plus: Plus,
  promote: ShieldCheck,
  retry: Retry,
  right: ChevronRight,
  search: Search,
  stop: CircleStop,
  studies: Flask,
  system: Monitor,
  table: Table,
  undo: Undo,
  warning: TriangleAlert,
} as const;

export type IconName = keyof typeof icons;

/** An icon in the colour and beside the size of the text. It says nothing to a screen reader: a word stands beside it or labels its button. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): VNode {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width={2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {icons[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
