/** The declaration files of the built package. `npm test` builds it first. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

const entries = ["index.d.ts", "local.d.ts"];
const paths = entries.map((entry) => dist + entry);
const program = ts.createProgram(paths, {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  module: ts.ModuleKind.NodeNext,
  strict: true,
  types: ["node"],
});
const checker = program.getTypeChecker();

it.each(entries)("No type of %s is any", (entry) => {
  expect(findAny(dist + entry)).toEqual([]);
});

/**
 * The paths of the exports, members, parameters and results that are `any`. It looks into the types of the package and
 * into what others contain, but not at the parameters that the language itself declares.
 */
function findAny(path: string): string[] {
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`There is no ${path}.`);
  const isOwn = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(dist)) === true;
  const found: string[] = [];
  const seen = new Set<ts.Type>();

  const walk = (type: ts.Type, name: string): void => {
    if (type.flags & ts.TypeFlags.Any) found.push(name);
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) for (const part of type.types) walk(part, name);
    for (const argument of type.aliasTypeArguments ?? []) walk(argument, name);
    // The other type arguments of the language's types have defaults, such as what an iterator of a caller returns.
    if (isReference(type)) for (const argument of checker.getTypeArguments(type).slice(0, 1)) walk(argument, name);
    const isResult = /^Iterator(Yield|Return)Result$/.test(type.symbol?.name ?? "");
    if (!isOwn(type.symbol) && !isOwn(type.aliasSymbol) && !isResult) return;
    const isClass = type.getConstructSignatures().length > 0;
    for (const property of type.getProperties()) {
      // The language gives a class its prototype, and errors their static members.
      if (isClass && (property.name === "prototype" || !isOwn(property))) continue;
      walk(checker.getTypeOfSymbol(property), `${name}.${property.name}`);
      // The language declares it, such as `next` of an iterator: only its results belong to the package.
      if (!isOwn(property)) walkSignatures(checker.getTypeOfSymbol(property), `${name}.${property.name}`, false);
    }
    walkSignatures(type, name, true);
  };
  const walkSignatures = (type: ts.Type, name: string, hasParameters: boolean): void => {
    for (const part of type.isUnion() ? type.types : [type]) {
      for (const signature of [...part.getCallSignatures(), ...part.getConstructSignatures()]) {
        walk(signature.getReturnType(), `${name}()`);
        if (!hasParameters) continue;
        for (const parameter of signature.getParameters()) {
          walk(checker.getTypeOfSymbol(parameter), `${name}(${parameter.name})`);
        }
      }
    }
  };
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!isOwn(target)) continue;
    if (target.flags & ts.SymbolFlags.Type) walk(checker.getDeclaredTypeOfSymbol(target), target.name);
    if (target.flags & ts.SymbolFlags.Value) walk(checker.getTypeOfSymbol(target), target.name);
  }
  return found;
}

function isReference(type: ts.Type): type is ts.TypeReference {
  // The flags of an object type say what kind it is.
  const { objectFlags } = type as ts.ObjectType;
  return (type.flags & ts.TypeFlags.Object) !== 0 && (objectFlags & ts.ObjectFlags.Reference) !== 0;
}
