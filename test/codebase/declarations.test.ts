import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Declaration } from '../../src/codebase/declaration.ts';
import { declarationsOf } from '../../src/codebase/declarations.ts';
import type { LanguageFamily } from '../../src/codebase/languages.ts';

function read(family: LanguageFamily, text: string): readonly Declaration[] {
  const work = declarationsOf(family, text);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) {
      return value;
    }
  }
}

/** The header, and the members below it. */
function shown(family: LanguageFamily, text: string): readonly string[] {
  return read(family, text).flatMap(({ header, members }) => [header, ...members.map((member) => `  ${member.text}`)]);
}

describe('declarations of TypeScript', () => {
  it('leave bodies out and keep signatures', () => {
    const text = `
import { a } from './a';
/** Doc. */
export const f = async (x: number, y = { a: 1 }): Promise<Map<string, { q: 1 }>> => { return new Map(); };
export function h(a: string): asserts a is 'x' { if (a) { } }
export function overload(a: string): void
export function overload(a: any) { }
export const limit = 42;
const created = createThing({ a: 1 });
export async function* gen<T extends { x: 1 }>(
  first: T, // why
  second?: string,
): AsyncGenerator<T> {
  const r = /[/}'"]/.test('x') ? \`a\${b + "}"}c\` : 1 / 2;
}
let unfinished = foo
  .bar()
export function last() {}
`;
    assert.deepEqual(shown('script', text), [
      'export const f = async (x: number, y = { a: 1 }): Promise<Map<string, { q: 1 }>> =>',
      "export function h(a: string): asserts a is 'x'",
      'export function overload(a: string): void',
      'export function overload(a: any)',
      'export const limit = 42',
      'const created = createThing(',
      'export async function* gen<T extends { x: 1 }>(first: T, second?: string): AsyncGenerator<T>',
      'let unfinished = foo',
      'export function last()',
    ]);
  });

  it('list the public members of classes', () => {
    const text = `
export abstract class Foo<T extends { x: 1 }> extends Bar(Baz)<T> implements Q {
  static { this.x = 1; }
  #hidden = 1;
  private readonly secret: string;
  protected map = new Map<string, number>();
  readonly a: string = '}';
  b?: { c: number }
  handler = async (e: Event): Promise<void> => { await x; };
  constructor(private readonly x: X, public y: Y) { super(); }
  @dec({ a: 1 }) method<K extends keyof T>(k: K, ...rest: any[]): T[K] { return 1; }
  get val(): number { return 1; }
  static async load(): Promise<Foo> { return new Foo(); }
  [Symbol.iterator]() { return this; }
  abstract abs(): void
  arrow = (a) => a
}
`;
    assert.deepEqual(shown('script', text), [
      'export abstract class Foo<T extends { x: 1 }> extends Bar(Baz)<T> implements Q',
      '  protected map = new Map<string',
      '  readonly a: string',
      '  b?: { c: number }',
      '  handler = (e: Event): Promise<void> =>',
      '  constructor(private readonly x: X, public y: Y)',
      '  method<K extends keyof T>(k: K, ...rest: any[]): T[K]',
      '  get val(): number',
      '  static load(): Promise<Foo>',
      '  abstract abs(): void',
      '  arrow = (a) =>',
    ]);
  });

  it('list the members of interfaces, object types, object constants, enumerations and namespaces', () => {
    const text = `
export interface I<T> extends J { a: string; readonly b?: T, c(x: number): void
  d: (e: string) => { f: number }
  (call: string): void; new (x: number): I<T>; [key: string]: unknown }
export type U = | 'a' | 'b'
  | { kind: 'c' };
export type O = { a: string; b?: (x: number) => void }
export type Fn = (a: string, b: { c: number }) => { d: string } | undefined
export const table = { one: 1, two(x: number): string { return ''; }, three: (y: A): B => { return y; }, ...rest, 'four-4': {} };
export enum E { A = 1, B = 'x,y', C }
export namespace NS { export interface Inner { z: number } }
export { U as V };
`;
    assert.deepEqual(shown('script', text), [
      'export interface I<T> extends J',
      '  a: string',
      '  readonly b?: T',
      '  c(x: number): void',
      '  d: (e: string) => { f: number }',
      '  new (x: number): I<T>',
      "export type U = | 'a' | 'b' | { kind: 'c' }",
      'export type O =',
      '  a: string',
      '  b?: (x: number) => void',
      'export type Fn = (a: string, b: { c: number }) => { d: string } | undefined',
      'export const table =',
      '  one: 1',
      '  two(x: number): string',
      '  three: (y: A): B =>',
      "  'four-4':",
      'export enum E',
      '  A',
      '  B',
      '  C',
      'export interface Inner /* in NS */',
      '  z: number',
      'export namespace NS',
      '  export interface Inner /* in NS */',
    ]);
  });

  it('know the default export under both names', () => {
    assert.deepEqual(
      read('script', 'export default class A { b(): void {} }').map(({ name }) => name),
      ['A', 'default'],
    );
    assert.deepEqual(
      read('script', 'export default function (a: string) {}').map(({ name, header }) => [name, header]),
      [['default', 'export default function (a: string)']],
    );
  });
});

describe('declarations of other languages', () => {
  it('Python', () => {
    const text = `
"""Doc with def fake(): inside"""
LIMIT: int = 3
@dataclass
class Item(Base, metaclass=M):
    """Doc
    def not_me(self): ...
    """
    name: str
    size: int = 0
    def __init__(self, a: str, *, b: dict[str, int] = {"x": 1}) -> None:
        self.a: str = a
        self._hidden = b
        self.b = b
    @property
    def label(self) -> str:
        def inner(): pass
        return ""
    @classmethod
    async def load(cls,
                   path: str,
                   ) -> "Item":
        pass
    def _private(self): pass
async def run(x, y=(1, 2)):  # comment
    return x
def tail(): pass
`;
    assert.deepEqual(shown('python', text), [
      'LIMIT: int = 3',
      'class Item(Base, metaclass=M):',
      '  name: str',
      '  size: int = 0',
      '  def __init__(self, a: str, *, b: dict[str, int] = {"x": 1}) -> None',
      '  self.a: str',
      '  self.b = b',
      '  @property def label(self) -> str',
      '  @classmethod async def load(cls, path: str) -> "Item"',
      'async def run(x, y=(1, 2))',
      'def tail()',
    ]);
  });

  it('Go, with methods under their type', () => {
    const text = `package store

const (
	A = iota // first
	B
)

// Item is one.
type Item struct {
	Name string \`json:"name"\`
	*Embedded
	fn   func(a int) (string, error)
}

type Reader interface {
	Read(p []byte) (n int, err error)
}

type ID = string

func New(ctx context.Context, opts map[string]interface{}) (*Item, error) {
	return nil, nil
}

func (i *Item) Save(w io.Writer) error { return nil }
func (o *Other) Far() {}
`;
    assert.deepEqual(shown('go', text), [
      'const A = iota',
      'const B',
      'type Item struct',
      '  Name string',
      '  *Embedded',
      '  fn func(a int) (string, error)',
      '  func (i *Item) Save(w io.Writer) error',
      'type Reader interface',
      '  Read(p []byte) (n int, err error)',
      'type ID = string',
      'func New(ctx context.Context, opts map[string]interface{}) (*Item, error)',
      '// methods of Other',
      '  func (o *Other) Far()',
    ]);
  });

  it('Rust', () => {
    const text = `
use a::b;
#[derive(Debug)]
pub struct Item<'a> { pub name: &'a str, size: u32 }
pub enum Kind { One, Two(String), Three { x: u8 } }
pub trait Store: Send { fn get(&self, id: &str) -> Option<Item<'_>>; fn all(&self) -> Vec<u8> { vec![b'{'] } }
impl<'a> Item<'a> { pub fn new(name: &'a str) -> Self { Self { name, size: 0 } } fn hidden(&self) {} }
impl fmt::Display for Item<'_> { fn fmt(&self, f: &mut F) -> R { Ok(()) } }
pub const MAX: usize = 3;
pub async fn run<T: Into<String>>(x: T) -> Result<(), E> where T: Send { Ok(()) }
mod inner { pub fn deep() {} }
`;
    const lines = shown('rust', text);
    for (const expected of [
      "pub struct Item<'a>",
      "  pub name: &'a str",
      'pub enum Kind',
      '  Two(String)',
      'pub trait Store: Send',
      "  fn get(&self, id: &str) -> Option<Item<'_>>",
      "impl<'a> Item<'a>",
      "  pub fn new(name: &'a str) -> Self",
      "impl fmt::Display for Item<'_>",
      'pub const MAX: usize',
      'pub async fn run<T: Into<String>>(x: T) -> Result<(), E> where T: Send',
      'pub fn deep()',
    ]) {
      assert.ok(lines.includes(expected), `${expected}\nnot in\n${lines.join('\n')}`);
    }
    assert.ok(!lines.some((line) => line.includes('b:') || line.includes('vec!')));
  });

  it('Java, C# and C++', () => {
    const java = shown(
      'java',
      `package a;
@Entity(name = "x")
public class Item<T extends Base> implements Store {
  private int hidden;
  public static final int MAX = 3;
  protected List<String> names = new ArrayList<>() {{ add("}"); }};
  @Override public String name(int a, Map<String, T> b) throws IOException { return "{"; }
  private void no() {}
  enum Kind { A(1), B { void x() {} }; int y; }
}
interface Store { void save(Item item); default int two() { return 2; } }
record Point(int x, int y) { double length() { return 0; } }
`,
    );
    for (const expected of [
      'public class Item<T extends Base> implements Store',
      '  public static final int MAX',
      '  public String name(int a, Map<String, T> b) throws IOException',
      '  A(1)',
      'interface Store',
      '  void save(Item item)',
      'record Point(int x, int y)',
    ]) {
      assert.ok(java.includes(expected), `${expected}\nnot in\n${java.join('\n')}`);
    }
    assert.ok(!java.some((line) => /hidden|void no/.test(line)));
    const csharp = shown(
      'csharp',
      `using X;
namespace A.B {
  [Serializable]
  public sealed class Item : Base {
    private int hidden;
    public string Name { get; set; } = "";
    public int Size => 3;
    public async Task<int> LoadAsync(string path, CancellationToken token = default) { return 1; }
  }
  public interface IStore { void Save(Item item); }
}
`,
    );
    for (const expected of [
      'public sealed class Item : Base',
      '  public string Name',
      '  public int Size',
      '  public async Task<int> LoadAsync(string path, CancellationToken token = default)',
      'public interface IStore',
      '  void Save(Item item)',
    ]) {
      assert.ok(csharp.includes(expected), `${expected}\nnot in\n${csharp.join('\n')}`);
    }
    const cpp = shown(
      'cpp',
      `#pragma once
#define MAX_ITEMS 3
namespace store {
template <typename T> class Item : public Base<T> {
  int hidden;
 public:
  explicit Item(std::string name);
  const std::string& name() const { return name_; }
  int size = 0;
 private:
  std::string name_;
};
struct Point { int x; int y; };
typedef struct { int a; } Plain;
int add(int a, int b);
}
`,
    );
    for (const expected of [
      '#define MAX_ITEMS 3',
      'template <typename T> class Item : public Base<T>',
      '  explicit Item(std::string name)',
      '  const std::string& name() const',
      '  int size',
      'struct Point',
      '  int x',
      'int add(int a, int b)',
    ]) {
      assert.ok(cpp.includes(expected), `${expected}\nnot in\n${cpp.join('\n')}`);
    }
    assert.ok(!cpp.some((line) => /hidden|name_/.test(line)));
  });
});

describe('the scanners', () => {
  const families: readonly LanguageFamily[] = ['script', 'python', 'go', 'rust', 'java', 'csharp', 'cpp'];

  it('end on any text, without an error', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        '<',
        '>',
        '`',
        '${',
        '"',
        "'",
        '/',
        '/*',
        '*/',
        '//',
        '\\',
        '\n',
        ' ',
        ';',
        ',',
        ':',
        '=',
        '=>',
        '@',
        '#',
      ],
      ...[
        'export ',
        'class ',
        'function ',
        'const x',
        'type T',
        'interface I',
        'enum ',
        'namespace N',
        'def f',
        'func ',
        'impl ',
        'a',
        '"""',
        'static',
        'ä',
      ],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), fc.constantFrom(...families), (parts, family) => {
        assert.ok(Array.isArray(read(family, parts.join(''))));
      }),
      { seed: 1, numRuns: 3_000 },
    );
  });

  it('do not choke on hostile text', () => {
    for (const unit of [
      '`${',
      '{',
      '(',
      '<',
      'class A<',
      'type A = ',
      'a: ',
      '/',
      '"',
      "'",
      '/*',
      'export const a = (',
      'def f(',
      'func (',
      '#define \\\n',
      '[[',
      'impl<',
    ]) {
      for (const family of families) {
        assert.ok(Array.isArray(read(family, unit.repeat(20_000))), `${family} ${unit}`);
      }
    }
  });
});
