//! The tree that the parser builds: its places in one list, linked among each other, so that
//! nothing is copied when a place moves. Comments and the like keep their places and lose their
//! words.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName, expanded_name, local_name, ns};

/// No place.
const NONE: u32 = u32::MAX;
/// The place of the document itself.
const ROOT: u32 = 0;

/// An element with its attributes.
#[derive(Debug)]
pub struct Element {
    name: QualName,
    attributes: Vec<Attribute>,
}

impl Element {
    /// Its tag, in lower case.
    pub fn name(&self) -> &str {
        &self.name.local
    }

    /// Names and values of its attributes, in the order of the source.
    pub fn attrs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|attribute| (&*attribute.name.local, &*attribute.value))
    }
}

/// What stands at a place.
#[derive(Debug)]
pub enum Kind {
    /// An element.
    Element(Element),
    /// Text between tags.
    Text(StrTendril),
    /// The document, a comment, a declaration.
    Other,
}

#[derive(Debug)]
struct Node {
    parent: u32,
    previous: u32,
    next: u32,
    first: u32,
    last: u32,
    /// How many places there were above when it was put here.
    depth: u32,
    kind: Kind,
}

/// A parsed page.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The depth of the place that was put somewhere last.
    depth: u32,
    nameless: QualName,
}

/// A place of the tree.
#[derive(Debug, Clone, Copy)]
pub struct Place<'t> {
    tree: &'t Tree,
    at: u32,
}

impl<'t> Place<'t> {
    /// What stands here.
    pub fn kind(self) -> &'t Kind {
        self.tree
            .get(self.at)
            .map_or(&Kind::Other, |node| &node.kind)
    }

    /// The place above.
    pub fn parent(self) -> Option<Place<'t>> {
        self.linked(|node| node.parent)
    }

    /// The first place below.
    pub fn first_child(self) -> Option<Place<'t>> {
        self.linked(|node| node.first)
    }

    /// The next place below the same parent.
    pub fn next_sibling(self) -> Option<Place<'t>> {
        self.linked(|node| node.next)
    }

    fn linked(self, link: impl Fn(&Node) -> u32) -> Option<Place<'t>> {
        let at = link(self.tree.get(self.at)?);
        (at != NONE).then_some(Place { at, ..self })
    }
}

impl Tree {
    /// The document.
    pub fn root(&self) -> Place<'_> {
        Place {
            tree: self,
            at: ROOT,
        }
    }

    /// How many places there are, those included that lie outside of the document.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    fn get(&self, at: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(at).ok()?)
    }

    fn get_mut(&mut self, at: u32) -> Option<&mut Node> {
        self.nodes.get_mut(usize::try_from(at).ok()?)
    }

    fn link(&self, at: u32, link: impl Fn(&Node) -> u32) -> u32 {
        self.get(at).map_or(NONE, link)
    }

    fn change(&mut self, at: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.get_mut(at) {
            change(node);
        }
    }

    fn made(&mut self, kind: Kind) -> u32 {
        let at = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        self.nodes.push(Node {
            parent: NONE,
            previous: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
            depth: 0,
            kind,
        });
        at
    }

    fn detach(&mut self, at: u32) {
        let Some(node) = self.get_mut(at).filter(|node| node.parent != NONE) else {
            return;
        };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        match previous {
            NONE => self.change(parent, |node| node.first = next),
            _ => self.change(previous, |node| node.next = next),
        }
        match next {
            NONE => self.change(parent, |node| node.last = previous),
            _ => self.change(next, |node| node.previous = previous),
        }
    }

    /// Puts a place that has no parent as the last one below another.
    fn append(&mut self, parent: u32, at: u32) {
        let previous = self.link(parent, |node| node.last);
        self.change(at, |node| (node.parent, node.previous) = (parent, previous));
        self.sunk(parent, at);
        self.change(parent, |node| node.last = at);
        match previous {
            NONE => self.change(parent, |node| node.first = at),
            _ => self.change(previous, |node| node.next = at),
        }
    }

    fn sunk(&mut self, parent: u32, at: u32) {
        self.depth = self.link(parent, |node| node.depth + 1);
        let depth = self.depth;
        self.change(at, |node| node.depth = depth);
    }

    /// Puts a place that has no parent before another one.
    fn insert_before(&mut self, next: u32, at: u32) {
        let (parent, previous) = self
            .get(next)
            .map_or((NONE, NONE), |node| (node.parent, node.previous));
        self.change(at, |node| {
            (node.parent, node.previous, node.next) = (parent, previous, next);
        });
        self.sunk(parent, at);
        self.change(next, |node| node.previous = at);
        match previous {
            NONE => self.change(parent, |node| node.first = at),
            _ => self.change(previous, |node| node.next = at),
        }
    }

    /// Lengthens the text at a place, if a text stands there; else hands it back.
    fn lengthen(&mut self, at: u32, more: StrTendril) -> Option<StrTendril> {
        match self.get_mut(at).map(|node| &mut node.kind) {
            Some(Kind::Text(text)) => {
                text.push_tendril(&more);
                None
            }
            _ => Some(more),
        }
    }
}

/// What the tree builder writes into.
pub struct Sink(RefCell<Tree>);

impl Sink {
    /// An empty document, with room for the places of so long a text.
    pub fn of(bytes: usize) -> Sink {
        let mut tree = Tree {
            nodes: Vec::with_capacity(bytes / 24),
            depth: 0,
            nameless: QualName::new(None, ns!(), local_name!("")),
        };
        tree.made(Kind::Other);
        Sink(RefCell::new(tree))
    }

    /// How deep the place stands that was put somewhere last.
    pub fn depth(&self) -> usize {
        usize::try_from(self.0.borrow().depth).unwrap_or(usize::MAX)
    }
}

impl TreeSink for Sink {
    type Handle = u32;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.0.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn get_document(&self) -> u32 {
        ROOT
    }

    fn same_node(&self, one: &u32, other: &u32) -> bool {
        one == other
    }

    fn elem_name<'a>(&'a self, target: &'a u32) -> Ref<'a, QualName> {
        Ref::map(self.0.borrow(), |tree| match tree.get(*target) {
            Some(Node {
                kind: Kind::Element(element),
                ..
            }) => &element.name,
            _ => &tree.nameless,
        })
    }

    /// A template has its content in a place of its own.
    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> u32 {
        let template = name.expanded() == expanded_name!(html "template");
        let mut tree = self.0.borrow_mut();
        let at = tree.made(Kind::Element(Element { name, attributes }));
        if template {
            let content = tree.made(Kind::Other);
            tree.append(at, content);
        }
        at
    }

    fn get_template_contents(&self, target: &u32) -> u32 {
        self.0.borrow().link(*target, |node| node.first)
    }

    fn create_comment(&self, _: StrTendril) -> u32 {
        self.0.borrow_mut().made(Kind::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> u32 {
        self.0.borrow_mut().made(Kind::Other)
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        let mut tree = self.0.borrow_mut();
        let at = tree.made(Kind::Other);
        tree.append(ROOT, at);
    }

    fn append(&self, parent: &u32, child: NodeOrText<u32>) {
        let mut tree = self.0.borrow_mut();
        match child {
            NodeOrText::AppendNode(at) => {
                tree.detach(at);
                tree.append(*parent, at);
            }
            NodeOrText::AppendText(text) => {
                let last = tree.link(*parent, |node| node.last);
                if let Some(text) = tree.lengthen(last, text) {
                    let at = tree.made(Kind::Text(text));
                    tree.append(*parent, at);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &u32, child: NodeOrText<u32>) {
        let mut tree = self.0.borrow_mut();
        if let NodeOrText::AppendNode(at) = child {
            tree.detach(at);
        }
        let Some((parent, previous)) = tree.get(*sibling).map(|node| (node.parent, node.previous))
        else {
            return;
        };
        if parent == NONE {
            return;
        }
        match child {
            NodeOrText::AppendNode(at) => tree.insert_before(*sibling, at),
            NodeOrText::AppendText(text) => {
                if let Some(text) = tree.lengthen(previous, text) {
                    let at = tree.made(Kind::Text(text));
                    tree.insert_before(*sibling, at);
                }
            }
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &u32,
        prev_element: &u32,
        child: NodeOrText<u32>,
    ) {
        let parent = self.0.borrow().link(*element, |node| node.parent);
        match parent {
            NONE => self.append(prev_element, child),
            _ => self.append_before_sibling(element, child),
        }
    }

    fn remove_from_parent(&self, target: &u32) {
        self.0.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &u32, new_parent: &u32) {
        let mut tree = self.0.borrow_mut();
        loop {
            let child = tree.link(*node, |node| node.first);
            if child == NONE {
                return;
            }
            tree.detach(child);
            tree.append(*new_parent, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &u32, attributes: Vec<Attribute>) {
        let mut tree = self.0.borrow_mut();
        if let Some(Kind::Element(element)) = tree.get_mut(*target).map(|node| &mut node.kind) {
            for attribute in attributes {
                let has = |known: &Attribute| known.name == attribute.name;
                if !element.attributes.iter().any(has) {
                    element.attributes.push(attribute);
                }
            }
        }
    }
}
