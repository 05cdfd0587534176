// All styles, in the order in which they may overrule each other.

import "./styles/theme.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/panes.css";
import "./styles/exceptions.css";
import "./styles/vectors.css";
import "./styles/script.css";
import "./styles/hex.css";
import "./styles/heap.css";
import "./styles/dialogs.css";
import "./styles/narrow.css";
