import { useEffect, useState } from "react";
import { Desk } from "./Desk";
import { isSignedIn, onSignedOut } from "./session";
import { SignIn } from "./SignIn";

export function App({ failed }: { failed?: string }) {
  const [signedIn, setSignedIn] = useState(isSignedIn);
  useEffect(() => onSignedOut(() => setSignedIn(false)), []);
  return signedIn ? <Desk /> : <SignIn failed={failed} />;
}
