// Entry of the window.
import { mount } from 'svelte';
import { config } from 'zod';
import './theme.css';
import './base.css';
import App from './App.svelte';

// zod would try `new Function`, which the content security policy refuses (and reports).
config({ jitless: true });

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target });
