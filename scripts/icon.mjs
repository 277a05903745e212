// Draws media/icon.png, the extension's icon in listings: node scripts/icon.mjs
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <defs>
    <linearGradient id="ground" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#1d4f7c"/>
      <stop offset="1" stop-color="#0f2e4d"/>
    </linearGradient>
  </defs>
  <rect x="8" y="8" width="240" height="240" rx="52" fill="url(#ground)"/>
  <g fill="none" stroke-width="13" stroke-linecap="round" stroke-linejoin="round">
    <path d="M78 78V178" stroke="#8fc7f2"/>
    <path d="M78 154c0-34 20-46 56-46h8" stroke="#7fd6a8"/>
    <circle cx="78" cy="62" r="17" stroke="#8fc7f2"/>
    <circle cx="78" cy="194" r="17" stroke="#8fc7f2"/>
    <path d="M180 62l40 24v46l-40 24l-40-24v-46Z" stroke="#7fd6a8" fill="#17496f"/>
    <path d="M142 87l38 23l38-23M180 110v44" stroke="#7fd6a8" stroke-width="10"/>
  </g>
</svg>`;

const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<body style="margin: 0">${drawing}</body>`);
const path = fileURLToPath(new URL('../media/icon.png', import.meta.url));
await page.screenshot({ path, omitBackground: true });
await browser.close();
