export default { docs: ["storing", "storing-en", "iframe", "messages"] };
