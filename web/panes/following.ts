// The way from a reference to the object it points to.

import { useCallback } from "preact/hooks";
import { useDispatch } from "../state/use.ts";

export function useFollow(): (object: number) => void {
  const dispatch = useDispatch();
  return useCallback((object: number) => dispatch({ kind: "objectChosen", object, from: "reference" }), [dispatch]);
}
