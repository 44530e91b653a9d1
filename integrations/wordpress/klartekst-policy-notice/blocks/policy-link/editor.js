/*
 * The block in the editor: it looks as it will on the page.
 */
( () => {
	'use strict';

	const { blocks, blockEditor, element, serverSideRender } = window.wp;
	const name = 'klartekst/policy-link';

	blocks.registerBlockType( name, {
		edit: () =>
			element.createElement(
				'div',
				blockEditor.useBlockProps(),
				element.createElement( serverSideRender, { block: name } )
			),
		save: () => null,
	} );
} )();
