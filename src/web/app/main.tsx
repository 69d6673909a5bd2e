import { render } from 'preact';
import '../style/tokens.css';
import '../style/base.css';
import '../style/controls.css';
import { startClock } from '../data/clock.ts';
import { App } from './app.tsx';
import { followLinks } from './router.ts';

followLinks();
startClock();
render(<App />, document.getElementById('app')!);
