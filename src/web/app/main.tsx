import { render } from 'preact';
import '../style/tokens.css';
import '../style/base.css';
import '../style/controls.css';
import { startClock } from '../data/clock.ts';
import { reachAgain } from '../data/reach.ts';
import { followSession } from '../data/session.ts';
import { App } from './app.tsx';
import { listenToKeys } from './keys.ts';
import { followLinks } from './router.ts';
import { applyTheme } from './theme.ts';

applyTheme();
followLinks();
listenToKeys();
startClock();
reachAgain();
followSession();
render(<App />, document.getElementById('app')!);
