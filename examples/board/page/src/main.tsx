// Where the page begins: whoever comes back from signing in is signed in first.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { finishSignIn } from "./session";
import "./style.css";

const failed = await finishSignIn().then(() => undefined, String);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App failed={failed} />
  </StrictMode>,
);
