import { render } from 'preact';
import '../style/tokens.css';
import '../style/base.css';
import { App } from './app.tsx';
import { followLinks } from './router.ts';

followLinks();
render(<App />, document.getElementById('app')!);
